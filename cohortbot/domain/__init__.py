"""Values and pure decisions: standard library only, time comes in as a parameter."""
