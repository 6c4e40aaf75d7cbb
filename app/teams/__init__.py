"""Teams: who is invited into an organization, who may do what in it, who leaves, and whose it is."""
