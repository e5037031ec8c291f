"""Orders, quotes, schedules: what a repair costs and when it can be done."""
