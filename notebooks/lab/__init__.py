"""The analysis: what tables, notebooks and the paper are made of.

    store, stats, tables    stored experiments as rows, intervals and tests, printing
    verdicts, fallbacks     the rule by which the documents' figures are judged; pools that were full
    cell, command, progress the measuring program, reports as commands, time left
    listing, compare, merge what a store has, two experiments beside each other, two stores as one

    shape         one full map: its tree, pool and hashes, and what theory predicts; flooding, hamt
    counts        exact counts under callgrind, chains of loads, what they are spent on
    experiments   tables of single plans: the ladder, allocators, hashes
    factorial     which fix closes the gap: design, effects, interactions
    documents     the seed documents' figures beside ours
    audit         their claims and our findings, each recomputed
    superslab     the study of the superslab allocator
    instrument    the tests that the measuring itself is put to
    figures       a question each, drawn; the notebooks
    paper         PAPER.md from notebooks/paper/paper.md

A module that has a `make` target is also a command: python3 -m lab.PACKAGE.MODULE --help.
"""
