#!/bin/sh
# Runs the program that it is given: sbatch wants a script, and copies it elsewhere before it runs it.
exec "$@"
