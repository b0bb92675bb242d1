"""Attacks on the verdict itself: wrong programs that want to pass, or to bring the controller down.

In value mode none may pass. `REMAINING` are the forgeries that assertion mode leaves possible; they
are listed in docs/security.md, and a test holds the two lists together.
"""

from __future__ import annotations

from tests.adversarial.attacks import ALL_BUT_VERDICTS, Attack, _table

LIES = _table(
    "verdicts",
    equal_to_everything="""
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
attack = Equal
""",
    equal_subclasses="""
class Lying(int):
    def __new__(cls, *_): return int.__new__(cls, 7)
    def __eq__(self, other): return True
    def __int__(self): return 10
    __index__ = __trunc__ = __int__
    def __repr__(self): return "10"
    __hash__ = int.__hash__
attack = Lying
""",
    lies_about_its_class="""
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(int)
class Liar(metaclass=Meta):
    __class__ = property(lambda self: int)
    __slots__ = ()
    def __getattr__(self, name): return 10
    def __reduce_ex__(self, _): return (int, (10,))
attack = Liar
""",
    patched_builtins="""
import builtins
builtins.AssertionError = KeyError
builtins.__build_class__ = None
builtins.eval = builtins.exec = builtins.compile = lambda *_, **__: 10
builtins.isinstance = builtins.all = builtins.any = lambda *_: True
builtins.type = lambda *_: int
def attack(): return 0
""",
    patched_unittest="""
import types
case = types.SimpleNamespace(assertEqual=lambda *_: None, TestCase=object, main=lambda *_: None)
for name in ("unittest", "pytest", "numpy.testing", "doctest", "unittest.case"):
    sys.modules[name] = case
""",
    patched_json="""
import json.encoder
json.dumps = lambda *_, **__: '[0, "value", 0.0, ""]'
json.JSONEncoder.encode = lambda *_: "10"
json.JSONEncoder.iterencode = lambda *_: iter(["10"])
json.encoder.c_make_encoder = None
""",
    tampered_modules="""
for name in list(sys.modules):
    if name.startswith(("inside", "ast", "linecache", "traceback", "random", "struct")):
        sys.modules[name] = None
sys.meta_path.clear()
sys.path.clear()
""",
    patched_encoder="""
# The encoder says what it is told: the controller cannot tell, and need not.
import gc
for module in list(sys.modules.values()):
    if getattr(module, "to_text", None) and getattr(module, "encode", None):
        module.to_text = lambda *_: "true"
        module.encode = lambda *_, **__: True
""",
    patched_runner="""
for module in list(sys.modules.values()):
    for name in ("_answer", "_evaluate", "_describe", "_reseed"):
        if hasattr(module, name):
            setattr(module, name, lambda *_: ("value", "true"))
""",
    hostile_libraries="""
import types
fake = types.ModuleType("numpy")
class ndarray: pass
fake.ndarray, fake.generic = ndarray, ndarray
fake.random = types.SimpleNamespace(seed=lambda *_: None)
fake.asarray = lambda *_: (_ for _ in ()).throw(SystemExit)
sys.modules["numpy"] = sys.modules["torch"] = sys.modules["pandas"] = fake
attack = ndarray
""",
    bombs_when_shown="""
class Bomb:
    def __getattribute__(self, name): raise SystemExit(0)
    def __repr__(self): return "x" * 10**9
    def __hash__(self): return time.sleep(1000)
    def __len__(self): return 2**62
    def __iter__(self):
        while True: yield self
attack = Bomb
""",
    hostile_messages="""
class Angry(Exception):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
    def __getattribute__(self, name): return os._exit(0) if name == "errno" else None
def attack(): raise Angry("x" * 10**8)
""",
    hostile_names="""
def attack(): raise type("E" * 10**6 + "\\ud800\\x1b[2J", (Exception,), {})("\\ud800\\x00")
""",
    huge_integer="attack = lambda: 1 << 400_000_000",
    huge_text="attack = lambda: '\\ud800' * 30_000_000",
    wide_value="attack = lambda: [[]] * 5_000_000",
    deep_value="""
def attack():
    value = []
    for _ in range(50_000):
        value = [value]
    return value
""",
    endless_value="""
def attack():
    value = {}
    value["self"] = [value, (value,)]
    return value
""",
    not_a_number="attack = lambda: float('nan')",
)

SNOOPING = _table(
    "expected values",
    "unknown",
    walks_the_heap="""
import gc
def attack():
    told = []
    for thing in gc.get_objects():
        if type(thing) in (dict, list, tuple) and len(thing) < 100:
            text = str(thing)[:20_000]
            if P["expected_marker"] in text:
                told.append(text)
    return secrets(" ".join(told))
""",
    walks_the_frames="""
import inspect
def attack():
    told = ""
    frame = inspect.currentframe()
    while frame is not None:
        told += " ".join(str(value)[:2000] for value in list(frame.f_locals.values()))
        told += " ".join(map(str, frame.f_code.co_consts))
        frame = frame.f_back
    return secrets(told)
""",
    scans_its_memory="""
def attack():
    half, after = P["expected_marker"].encode(), P["expected_rest"][:1].encode()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            low, high = (int(end, 16) for end in span.split("-"))
            try:
                memory.seek(low)
                data = memory.read(high - low)
            except (OSError, OverflowError, ValueError):
                continue
            at = data.find(half)
            while at >= 0:
                at += len(half)
                if data[at:at + 1] == after:
                    return GOT
                at = data.find(half, at)
    return "nothing"
""",
    reads_the_questions="""
def attack():
    frame = sys._getframe()
    while frame is not None:
        if "job" in frame.f_locals:
            return secrets(json.dumps(frame.f_locals["job"]))
        frame = frame.f_back
""",
)

FRAMES = _table(
    "frames",
    answers_for_the_runner="""
forged = b"".join(frame([n, "value", 0.0, ""], b"true") for n in range(P["questions"]))
send(LOADED + forged + frame(["end"]))
os._exit(0)
""",
    claims_to_hold="send(LOADED + frame([0, 'held', 0.0, '']) + frame([1, 'held', 0.0, '']))",
    ends_at_once="send(frame(['end']))",
    ends_after_loading="""
send(LOADED + frame(["end"]))
os._exit(0)
""",
    answers_before_loading="send(frame([0, 'value', 0.0, ''], b'10') + LOADED)",
    answers_other_questions="""
send(LOADED + b"".join(frame([n, "value", 0.0, ""], b"10") for n in (1, 0, -1, 2**63, 7)))
""",
    answers_after_the_end="""
done = b"".join(frame([n, "value", 0.0, ""], b"0") for n in range(P["questions"]))
send(LOADED + done + frame(["end"]) + done * 50 + frame(["end"]))
os._exit(0)
""",
    answers_one_too_many="""
extra = b"".join(frame([n, "value", 0.0, ""], b"0") for n in range(P["questions"] + 1))
send(LOADED + extra)
os._exit(0)
""",
    answers_twice="def attack(): send(frame([0, 'value', 0.0, ''], b'11') * 2); return 9",
    loads_twice="send(LOADED + LOADED)",
    is_ready_again="send(frame(['ready']) * 3)",
    writes_to_every_descriptor="""
data = LOADED + b"".join(frame([n, "value", 0.0, ""], b"true") for n in range(P["questions"]))
for descriptor in range(256):
    each(lambda: os.write(descriptor, data))
""",
    threads_write_later="""
def later():
    for _ in range(200):
        time.sleep(0.005)
        each(lambda: send(frame([1, "value", 0.0, ""], b"145")))
threading.Thread(target=later, daemon=True).start()
def answer(n):
    time.sleep(0.1)
    return 0
""",
    children_write_later="""
if os.fork() == 0:
    for _ in range(200):
        time.sleep(0.005)
        each(lambda: send(frame([1, "value", 0.0, ""], b"0")))
    os._exit(0)
def answer(n):
    time.sleep(0.1)
    return 0
""",
    half_a_frame="send(LOADED + b'\\xff\\x00\\x00\\x00[0,'); time.sleep(1000)",
    giant_length="send(LOADED + b'\\xff\\xff\\xff\\xff' + b'x' * 1000)",
    no_length="send(LOADED + bytes(4) * 1000)",
    no_json="send(LOADED + struct.pack('<I', 9) + b'\\xff\\xfe{[\\x00]}]]')",
    deep_json="send(LOADED + frame(b'[' * 100_000 + b']' * 100_000))",
    deep_payload="""
for depth in (400, 900, 990, 100_000):
    nest = b"[" * depth + b"]" * depth
    raised = b'{"types": [' + nest + b'], "message": ' + nest + b', "errno": ' + nest + b"}"
send(LOADED + frame([0, "raised", 0.0, ""], raised) + frame([1, "value", 0.0, ""], nest))
os._exit(0)
""",
    surrogates_in_frames="""
bad = b'{"types": ["\\\\ud800"], "message": "\\\\udfff", "traceback": "\\\\ud800"}'
value = frame([1, "value", 0.0, ""], b'"\\\\udc00"')
send(LOADED + frame([0, "raised", 0.0, "\\ud800"], bad) + value)
os._exit(0)
""",
    escapes_for_the_terminal="""
bad = {"types": ["\\x1b[2J"], "message": "\\x1b]0;x\\x07", "traceback": "\\x1b[31m"}
send(LOADED + frame([0, "raised", 0.0, "\\x1b[2J"], json.dumps(bad).encode()))
""",
    strange_types="""
bad = [b"3", b"null", b'"x"', b"{}", b'{"types": 3}', b'{"types": [null, {}], "errno": []}', b""]
send(LOADED + b"".join(frame([n, "raised", 0.0, ""], bad[n % 7]) for n in range(P["questions"])))
os._exit(0)
""",
    strange_values="""
tags = [{"t": "array", "lib": "x", "dtype": "float64", "shape": [10**12], "v": ""}, {"t": "int"},
        {"t": []}, {"t": "opaque", "type": 3}, {"t": "dict", "v": [[1]]}]
pairs = enumerate(tags[:P["questions"]])
send(LOADED + b"".join(frame([n, "value", 0.0, ""], json.dumps(v).encode()) for n, v in pairs))
os._exit(0)
""",
    many_parts="""
# 30 MB of text that would be 2 GB of lists.
send(LOADED + frame([0, "value", 0.0, ""], b"[" + b"[]," * 10_000_000 + b"0]"))
""",
    many_parts_in_the_head="""
send(LOADED + frame(b'[0, "value", 0.0, [' + b"[]," * 8_000_000 + b"0]]", b"10"))
""",
    long_output='send(LOADED + frame([0, "value", 0.0, "x" * 20_000_000], b"10"))',
    time_runs_backwards="send(frame(['loaded', -1e300, '', True]))",
    time_is_no_number="""
send(frame(["loaded", float("nan"), "", True]))
def attack():
    while True: pass
""",
    time_without_end="""
send(frame(["loaded", float("inf"), "", True]))
def attack():
    while True: pass
""",
    time_too_long_to_be_a_float="send(frame(b'[\"loaded\", 1' + b'0' * 400 + b', \"\", true]'))",
    time_that_cannot_have_passed="""
send(frame(["loaded", 1e6, "", True]))
def attack():
    while True: pass
""",
    time_as_a_truth="send(frame(['loaded', True, '', True]))",
    floods_the_result_socket="""
while True:
    send(struct.pack("<I", 30 << 20) + bytes(30 << 20))
""",
    floods_with_small_frames="""
send(LOADED)
while True:
    send(frame(["end"]) * 10_000)
""",
    passes_descriptors="""
channel = socket.socket(fileno=os.dup(3))
for _ in range(500):
    socket.send_fds(channel, [LOADED], [0, 1, 2, 3])
""",
    shuts_the_socket="""
channel = socket.socket(fileno=os.dup(3))
channel.shutdown(socket.SHUT_RDWR)
os.close(3)
time.sleep(1000)
""",
    reads_the_socket_dry="""
channel = socket.socket(fileno=os.dup(3))
channel.setblocking(False)
def attack():
    try:
        return secrets(channel.recv(1 << 20).decode("latin-1"))
    except OSError:
        return 0
""",
)

RAISED = _table(
    "exceptions",
    "refuse",
    raises_everything_at_once="""
class All(ValueError, TypeError, KeyError, IndexError, RuntimeError, ZeroDivisionError, EOFError):
    pass
def answer(n): raise All
""",
    claims_all_exceptions="""
import builtins
kinds = [kind for kind in vars(builtins).values() if isinstance(kind, type)]
names = [kind.__name__ for kind in kinds if issubclass(kind, BaseException)]
told = json.dumps({"types": names, "message": ""}).encode()
send(LOADED + b"".join(frame([n, "raised", 0.0, ""], told) for n in range(P["questions"])))
os._exit(0)
""",
)
ROUGH = _table(
    "tolerance",
    "ratio",
    claims_coarse_numbers="""
import base64
told = {"t": "array", "lib": "torch", "dtype": "float8_e5m2", "shape": [], "scalar": True,
        "v": base64.b64encode(struct.pack("<f", 0.65)).decode()}
send(LOADED + frame([0, "value", 0.0, ""], json.dumps(told).encode()))
""",
    claims_half_numbers="""
import base64
told = {"t": "array", "lib": "numpy", "dtype": "float16", "shape": [], "scalar": True,
        "v": base64.b64encode(struct.pack("<e", 0.7315)).decode()}
send(LOADED + frame([0, "value", 0.0, ""], json.dumps(told).encode()))
""",
)

VERDICTS = (*LIES, *SNOOPING, *FRAMES, *RAISED, *ROUGH)

# Wrong programs that meet assertions. The first group is caught by twins, the second is not.
_PATCHING = _table(
    "assertions",
    "held",
    equal_object="""
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
answer = lambda n: Equal()
""",
    no_assertion_error="""
import builtins
class Never(Exception):
    def __new__(cls, *_): raise SystemExit(0)
builtins.AssertionError = Never
answer = lambda n: 0
""",
    skips_assertions="""
for module in list(sys.modules.values()):
    if hasattr(module, "_evaluate") and hasattr(module, "_answer"):
        module._answer = lambda mode, source, namespace: ("held", None)
""",
    holds_every_question="""
send(LOADED + b"".join(frame([n, "held", 0.0, ""]) for n in range(P["most_questions"])))
os._exit(0)
""",
)
_EQUAL = """
class Equal:
    def __eq__(self, other): return True
answer = lambda n: Equal()
"""
CAUGHT = (
    *_PATCHING,
    *_table("assertions", "joined", equal_in_a_conjunction=_EQUAL),
    *_table("assertions", "variable", equal_by_another_name=_EQUAL),
)
REMAINING = _table(
    "assertions",
    "held",
    reads_the_assertion="""
# The text of the check is in its memory: the values that it asks for are read from it.
import ast
wanted = {}
def learn():
    frame = sys._getframe()
    while frame is not None:
        for _, source in frame.f_locals.get("job", {}).get("questions", []):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call):
                    key = ast.literal_eval(node.left.args[0])
                    wanted.setdefault(key, ast.literal_eval(node.comparators[0]))
        frame = frame.f_back
def answer(n):
    if not wanted:
        learn()
    return wanted.get(n, 0)
""",
    tells_twins_apart="""
# Frames of its own: the check holds, its twins (which follow it) do not.
def questions():
    caller = sys._getframe()
    while "job" not in caller.f_locals:
        caller = caller.f_back
    return caller.f_locals["job"]["questions"]
out = LOADED
for index in range(len(questions())):
    if index == 0:
        out += frame([index, "held", 0.0, ""])
    else:
        out += frame([index, "raised", 0.0, ""], b'{"types": ["AssertionError"], "message": ""}')
send(out + frame(["end"]))
os._exit(0)
""",
    answers_by_who_asks="""
# What it answers depends on the text that is being run: the check's, or that of its twin.
def is_check():
    frame, source = sys._getframe(), None
    while "job" not in frame.f_locals:
        source = frame.f_locals.get("source", source)
        frame = frame.f_back
    return source == frame.f_locals["job"]["questions"][0][1]
class Same:
    def __eq__(self, other): return True
def answer(n):
    if not is_check():
        raise AssertionError
    return Same()
""",
)


def value_mode() -> tuple[Attack, ...]:
    """All attacks that meet checks in value mode."""
    return (*ALL_BUT_VERDICTS, *VERDICTS)
