"""Products, their files and their covers."""
