"""How work is spread over processes and machines, watched over and kept within memory."""
