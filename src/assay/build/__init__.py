"""Makes a benchmark out of a library: the steps from a package's name to tasks that could be.

    fetch.fetch             the source, by hash, unpacked and never built
    needs.needs             a locked environment for the library and its tests
    testing.run_tests       which of its tests can be relied on, and why the others cannot
    tracing.trace           which functions those tests reach, directly or not
    candidates.candidates   which definitions could be tasks, and why the others could not
    labelling.labels        stage, type of task and of data, by rules
    dating.dates            the first release that has a function in substance
    prompting.review        whether a prompt says enough

Each keeps what it found under a work folder and does not do it again; each raises
`faults.BuildFault`, which says what is wrong by step and cause.
"""
