import torch.fx.experimental.symbolic_shapes  # torch imports it with the first broadcast: once here, not in every run


def gen(seed):
    return torch.Generator().manual_seed(seed * 7919 + 13)


def nor(g, *shape, dtype=torch.float32):
    return torch.randn(*shape, generator=g, dtype=dtype)


def pack(target, seed):
    g = gen(seed)
    cases = [
        ([nor(g, 2, 3), nor(g, 2, 4, 3), nor(g, 2, 1, 2, 3)], "b * c"),
        ([nor(g, 4), nor(g, 2, 3)], "*"),
        ([nor(g, 3, 2, 5), nor(g, 3, 2)], "i j *"),
        ([nor(g, 2, 3).numpy(), nor(g, 5, 2, 3).numpy()], "* i j"),
        ([torch.tensor(3.0), nor(g, 2)], "*"),
        ([nor(g, 2), nor(g, 2, 3)], "a b *"),
        ([nor(g, 2, 2)], "a a *"),
        ([nor(g, 2, 2)], "a b"),
        ([nor(g, 2, 2)], "a_ *"),
        ([nor(g, 1, 2, 3, 4)], "a * b"),
    ]
    packed, shapes = target(*cases[seed])
    return [packed, [list(s) for s in shapes]]


def unpack(target, seed):
    g = gen(seed)
    cases = [
        (nor(g, 2, 7, 3), [[], [4], [1, 2]], "b * c"),
        (nor(g, 10), [[4], [2, 3]], "*"),
        (nor(g, 3, 2, 6), [[5], []], "i j *"),
        (nor(g, 6, 2), [[2], [-1]], "* i"),
        (nor(g, 12, 2).numpy(), [[2], [-1, 2], [4]], "* i"),
        (nor(g, 6, 2), [[-1], [-1]], "* i"),
        (nor(g, 6, 2), [[4], [3]], "* i"),
        (nor(g, 6, 2), [[2], [4]], "* i j"),
        (nor(g, 5, 8), [[-1, 2], [3], [1]], "i *"),
        (nor(g, 4, 9), [[1], [2], [-1], [2]], "b *"),
        (nor(g, 4, 3), [[2], [1]], "b c"),
    ]
    return target(*cases[seed])


EXPRESSIONS = [
    "b c h w",
    "b (h 2) w",
    "... c",
    "b (c ...) 1",
    "(a b) () c",
    "a_1 b2 (c)",
    "a a b",
    "a (b (c))",
    "a (b",
    "a) b",
    "a.b",
    "a ... ...",
    "_a b",
    "a-b c",
    "1 a 3",
    "b _ _",
    "",
    "( a  b )c",
]


def describe(parts):
    return [list(map(str, x)) if isinstance(x, list) else x for x in parts]


def parsed_expression(target, seed):
    text = EXPRESSIONS[seed]
    kwargs = {15: {"allow_underscore": True}, 6: {"allow_duplicates": True}}.get(seed, {})
    p = target(text, **kwargs)
    names = sorted(str(x) for x in p.identifiers)
    flat = None if p.has_ellipsis else list(map(str, p.flat_axes_order()))
    checks = [target.check_axis_name(x) for x in ("a", "1a", "_a", "b_", "abc_d", "a b")]
    return [
        p.has_ellipsis,
        p.has_ellipsis_parenthesized,
        names,
        p.has_non_unitary_anonymous_axes,
        describe(p.composition),
        p.has_composed_axes(),
        flat,
        checks,
    ]


def compactify(seed):
    return (
        [
            "b i, i j -> b j",
            "batch ... c, c d -> batch ... d",
            "a b c -> c a b",
            "long_name other, other -> long_name",
            "i i -> i",
            "a b, b c",
            "c d a b, a -> d",
            "a b -> a z",
            "n c, n k -> c k",
            "x y, y z, z w -> x w",
            "... h, ... h -> ...",
            "u v w, w v -> u v",
            "k -> k",
            "q w e r t y -> y t r e w q",
        ][seed],
    )
