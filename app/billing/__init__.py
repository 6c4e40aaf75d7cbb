"""Plans, what they allow, and the subscriptions that pay for them."""
