"""What `mayfly <command>` does, one file a command."""
