"""Sign-ins: the page where people sign in, what follows from it, and how it ends."""
