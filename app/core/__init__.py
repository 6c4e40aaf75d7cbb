"""What every module stands on. Core knows no module of the domain."""
