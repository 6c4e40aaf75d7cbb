"""Messages to people: rendered where they are caused, delivered by jobs, visible with their fate."""
