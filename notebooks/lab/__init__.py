"""The analysis: what tables, notebooks and the paper are made of.

    store, stats, tables    stored experiments as rows, intervals and tests, printing
    verdicts, fallbacks     the rule by which the documents' figures are judged; pools that were full
    tree_figures            what is counted of a full map, by name
    cell, command, progress the measuring program, reports as commands, time left
    listing, compare, merge what a store has, two experiments beside each other, two stores as one

    shape         one full map: its tree, pool and hashes, and what theory predicts; flooding, hamt
    counts        exact counts under callgrind, chains of loads, what they are spent on
    ladder        what each change gains, alone and as a step of the ladder
    factorial     which fix closes the gap: design, effects, interactions
    allocators, hash_costs, patterns, scale   what swapping allocator or hash, the order of keys and the map's size do
    seeds         the seed documents' figures beside ours, and where they contradict themselves
    audit         their claims and our findings, each recomputed
    superslab     the study of the superslab allocator
    instrument    the tests that the measuring itself is put to
    figures       a question each, drawn; the notebooks
    paper         PAPER.md from notebooks/paper/paper.md

A module that has a `make` target is also a command: python3 -m lab.PACKAGE.MODULE --help.
"""
