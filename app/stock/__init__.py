"""The one counter behind anything limited: units for sale, seats, uses of a discount code."""
