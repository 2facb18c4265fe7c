"""What a county's week would be if orders nobody has answered could be given anew, and its difference to what is."""
