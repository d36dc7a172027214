"""Sets up and runs the product on one machine. Standard library only: it has to work before anything is installed."""
