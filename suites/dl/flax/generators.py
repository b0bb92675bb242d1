def flatten_dict(target, seed):
    tree = [
        {"a": 1, "b": {"c": 2, "d": {"e": 3}}},
        {"x": {}, "y": {"z": {}}},
        {"p": {"q": [1, 2]}, "r": None},
        {},
        {"a": {"b": {"c": {"d": 5}}}},
    ][seed % 5]
    options = [
        {},
        {"keep_empty_nodes": True, "sep": "/"},
        {"sep": "/"},
        {"is_leaf": lambda path, value: len(path) == 2},
    ][(seed // 2) % 4]
    if seed == 9:
        return target([1, 2])
    return {str(k): v for k, v in target(tree, **options).items()}


def unflatten_dict(target, seed):
    flat = [
        {("a",): 1, ("b", "c"): 2},
        {("a", "b", "c"): 1, ("a", "b", "d"): 2, ("a", "e"): 3},
        {},
        {("x",): {"y": 1}},
    ][seed % 4]
    if seed % 2:
        return target({"/".join(k): v for k, v in flat.items()} | {f"s/t{seed}": seed}, sep="/")
    return target({**flat, ("k", str(seed)): seed})


def stepped_schedule(target, seed):
    sched = [[[3, 0.1], [6, 0.01]], [[2, 0.5]], [[1, 0.3], [2, 0.1], [5, 2.0]]][seed % 3]
    step = target(0.1 * (1 + seed), 4 + seed, sched, **({"warmup_length": 1.5} if seed % 2 else {}))
    return [float(step(s)) for s in range(0, 60, 5)]


def cosine_schedule(target, seed):
    step = target(
        0.1 * (1 + seed),
        4 + seed,
        [5, 3, 8][seed % 3],
        **({"warmup_length": 1.5} if seed % 2 else {}),
    )
    return [float(step(s)) for s in range(0, 60, 5)]
