"""What the people who run an installation see: whether the figures agree, and the jobs that gave up."""
