"""The page of all stored results (`make site`): what it is made from, as data, and how it is put together."""
