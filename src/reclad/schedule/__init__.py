"""Who does what on which machine and when: the problem, its solution, and an independent check."""
