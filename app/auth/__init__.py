"""Users, sessions, organizations, groups and roles."""

import warnings

# Piccolo advises against tables named `user`; it quotes the name everywhere, and so do we.
warnings.filterwarnings("ignore", message="We recommend giving your table a different name")
