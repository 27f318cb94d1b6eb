"""The analysis: what tables, notebooks and the paper are made of.  `python3 -m lab` lists the commands.

    results, store            stored experiments as frames, one row a process
    pairs, stats, verdicts    paired ratios and their intervals; tests; the rule for the documents' figures
    printing, drawing, panels, question   text in columns; figures; a notebook's question
    settings, command, runner, cell       what a setting may be; how a report ends; measuring; full maps

    experiment, plot, compare, listing, merge   what `make experiment` prints and draws; experiments and stores together
    decide, race                                blocks until a goal is reached; the best of many
    campaign, machines                          a plan in shards, here or on a cluster; one plan on several machines
    ladder, steps what each change gains, alone and as a step of the ladder; beside what it is one step from
    factorial     which fix closes the gap: design, effects, interactions
    allocators, hash_costs, patterns, scale     what swapping allocator or hash, the order of keys and the map's size do
    versions      what snapshots, diffs and merges cost, and sharing nodes for them
    threads       what maps do that threads read while others write
    shape         one full map: its tree, pool and hashes, and what theory predicts; flooding, hamt, tree_figures
    counts        exact counts under callgrind, chains of loads, what they are spent on
    why           all of one composition on a page; fallbacks: pools that were full
    seeds         the seed documents' figures beside ours, and where they contradict themselves
    audit         their claims and our findings, each recomputed
    superslab     the study of the superslab allocator
    instrument    the tests that the measuring itself is put to
    paper         PAPER.md from notebooks/paper/paper.md; notebooks: the notebooks, executed

A subject is a module, or a few: its question, its query, its table, its figure, its command.  A module imports those of
a line above its own only, audit and paper all.
"""
