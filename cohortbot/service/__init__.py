"""One function per use case: opens the one transaction, returns outcomes, never talks."""
