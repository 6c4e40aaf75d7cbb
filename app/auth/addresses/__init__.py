"""Another address: asked for with the password, confirmed from the new one, and for days undone from the old one.

Asking looks the same whether or not the new address is somebody's already; only its owner is told. An address that was
left is kept for as long as it can take the change back, so that nobody else can stand in the way of that.
"""
