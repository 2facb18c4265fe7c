"""Sessions: a browser's cookie stands for tokens that only the portal sees."""
