"""The loops: they drive runs, perform commands and delete what is due."""
