"""From the champions to the answer: the web service and its page."""
