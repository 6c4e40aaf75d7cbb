"""Who is there and what they may do: users, sessions, organizations, groups, roles."""
