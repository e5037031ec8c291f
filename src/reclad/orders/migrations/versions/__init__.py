"""One file per change of the tables; a file that has been shipped is never changed."""
