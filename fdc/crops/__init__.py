"""The crop store, the seam between photos and networks: cut once, mapped into memory after."""
