"""The object store, and uploads that go from the browser straight to it."""
