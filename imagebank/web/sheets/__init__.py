"""Pages of practice sheets and of views: reading, printing, and working on them."""
