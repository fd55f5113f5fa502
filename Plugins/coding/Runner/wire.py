# Plain data as bytes, between the judge and the program. The program's process is hostile: decoding trusts nothing,
# makes only values of the types below, and never runs anything that came with the bytes.
#
# A value is a tag of one byte, then its parts; numbers of parts and lengths are 4 bytes, little-endian. What is not
# plain data travels as a handle: a number that only the program's process can make something of.
import collections
import datetime
import decimal
import fractions
import struct

MOST_BYTES = 128 << 20
MOST_VALUES = 8_000_000
MOST_DEPTH = 400

LENGTH = struct.Struct("<I")
DOUBLE = struct.Struct("<d")


class WireError(Exception):
    """Bytes that are no value, or a value that cannot be sent."""


class TooLarge(WireError):
    """A value that is too large or too deep to be sent."""


# Types that tests give to programs and programs give back, by name.
TYPES = {kind.__name__: kind for kind in (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, type(None))}


class Encoder:
    """Writes values.

    What is not plain data is given to `handle`, which says its number, or raises. `is_large` is called once for a value
    that takes long.
    """

    LARGE = 50_000

    def __init__(self, handle, is_large=None):
        self.handle = handle
        self.is_large = is_large
        self.parts = []
        self.size = 0
        self.values = 0
        self.depth = 0

    def encode(self, value):
        self.put(value)
        return b"".join(self.parts)

    def write(self, data):
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise TooLarge("a value is larger than 128 MiB")
        self.parts.append(data)

    def sized(self, tag, data):
        self.write(tag + LENGTH.pack(len(data)))
        self.write(data)

    def many(self, tag, items, count):
        self.write(tag + LENGTH.pack(count))
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise TooLarge("a value is nested too deep")
        for item in items:
            self.put(item)
        self.depth -= 1

    def pairs(self, tag, mapping):
        items = list(dict.items(mapping))
        self.many(tag, (part for pair in items for part in pair), 2 * len(items))

    def put(self, value):
        self.values += 1
        if self.values == self.LARGE and self.is_large:
            self.is_large()
        if self.values > MOST_VALUES:
            raise TooLarge("a value has more than 8,000,000 parts")
        kind = type(value)
        writer = WRITERS.get(kind)
        if writer is None and kind is type and TYPES.get(value.__name__) is value:
            return self.sized(b"Y", value.__name__.encode())
        if writer is None:
            # A subclass is sent as what it is a kind of: what it overrides stays behind.
            for base in BASES:
                if isinstance(value, base):
                    writer = WRITERS[base]
                    break
            else:
                if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
                    return self.put(value.item())
                self.put_handle(value)
                return
        writer(self, value)

    def put_handle(self, value):
        number, is_callable = self.handle(value)
        name = type(value).__name__
        data = name.encode("utf-8", "replace")[:100]
        self.write(b"H" + LENGTH.pack(number) + (b"\1" if is_callable else b"\0"))
        self.sized(b"s", data)

    def put_int(self, value):
        value = int.__index__(value)
        self.sized(b"i", value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))

    def put_text(self, value):
        self.sized(b"s", str.encode(value, "utf-8", "surrogatepass"))

    def put_delta(self, value):
        self.many(b"w", (value.days, value.seconds, value.microseconds), 3)

    def put_moment(self, value):
        if value.tzinfo is not None:
            return self.put_handle(value)
        parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        self.many(b"W", parts, 7)

    def put_clock(self, value):
        if value.tzinfo is not None:
            return self.put_handle(value)
        self.many(b"u", (value.hour, value.minute, value.second, value.microsecond), 4)


WRITERS = {
    type(None): lambda e, v: e.write(b"N"),
    bool: lambda e, v: e.write(b"T" if v else b"F"),
    int: Encoder.put_int,
    float: lambda e, v: e.write(b"f" + DOUBLE.pack(float.__float__(v))),
    complex: lambda e, v: e.write(b"c" + DOUBLE.pack(v.real) + DOUBLE.pack(v.imag)),
    str: Encoder.put_text,
    bytes: lambda e, v: e.sized(b"b", bytes.__getitem__(v, slice(None))),
    bytearray: lambda e, v: e.sized(b"y", bytes(v)),
    list: lambda e, v: e.many(b"l", list.__iter__(v), list.__len__(v)),
    tuple: lambda e, v: e.many(b"t", tuple.__iter__(v), tuple.__len__(v)),
    set: lambda e, v: e.many(b"e", set.__iter__(v), set.__len__(v)),
    frozenset: lambda e, v: e.many(b"z", frozenset.__iter__(v), frozenset.__len__(v)),
    collections.Counter: lambda e, v: e.pairs(b"C", v),
    collections.OrderedDict: lambda e, v: e.pairs(b"O", v),
    dict: lambda e, v: e.pairs(b"d", v),
    collections.deque: lambda e, v: e.many(b"q", list(v), len(v)),
    range: lambda e, v: e.many(b"r", (v.start, v.stop, v.step), 3),
    type({}.keys()): lambda e, v: e.many(b"k", list(v), len(v)),
    type({}.items()): lambda e, v: e.many(b"K", [part for pair in v for part in pair], 2 * len(v)),
    decimal.Decimal: lambda e, v: e.sized(b"m", str(v).encode("ascii", "replace")),
    fractions.Fraction: lambda e, v: e.many(b"R", (v.numerator, v.denominator), 2),
    datetime.datetime: Encoder.put_moment,
    datetime.date: lambda e, v: e.many(b"a", (v.year, v.month, v.day), 3),
    datetime.time: Encoder.put_clock,
    datetime.timedelta: Encoder.put_delta,
    type(...): lambda e, v: e.write(b"."),
}
BASES = (bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, collections.Counter,
         collections.OrderedDict, dict, collections.deque)


def is_too_large(value):
    """Whether a value of lists and tuples has more parts than can be sent."""
    count = 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, tuple, set, frozenset)):
            count += len(part)
            if count > MOST_VALUES:
                return True
            waiting += [one for one in part if isinstance(one, (list, tuple))]
    return False


class Decoder:
    """Reads one value; `handle` makes something of a handle's number, its type's name and whether it is callable."""

    def __init__(self, data, handle):
        self.data = data
        self.at = 0
        self.values = 0
        self.depth = 0
        self.handle = handle

    def decode(self):
        try:
            value = self.take()
        except (TypeError, ValueError, ArithmeticError, LookupError, struct.error) as error:
            raise WireError(f"no value: {type(error).__name__}") from None
        if self.at != len(self.data):
            raise WireError("bytes behind a value")
        return value

    def bytes(self, count):
        end = self.at + count
        if end > len(self.data):
            raise WireError("a value is cut short")
        part = self.data[self.at:end]
        self.at = end
        return part

    def length(self):
        return LENGTH.unpack(self.bytes(4))[0]

    def many(self):
        count = self.length()
        if count > len(self.data) - self.at:
            raise WireError("a value is cut short")
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise WireError("a value is nested too deep")
        items = [self.take() for _ in range(count)]
        self.depth -= 1
        return items

    def pairs(self):
        items = self.many()
        if len(items) % 2:
            raise WireError("a key without its value")
        return dict(zip(items[::2], items[1::2]))

    def ints(self, count):
        items = self.many()
        if len(items) != count or any(type(item) is not int for item in items):
            raise WireError("whole numbers were expected")
        return items

    def take(self):
        self.values += 1
        if self.values > MOST_VALUES:
            raise WireError("a value has too many parts")
        reader = READERS.get(self.bytes(1))
        if reader is None:
            raise WireError("an unknown tag")
        return reader(self)

    def take_handle(self):
        number = self.length()
        is_callable = self.bytes(1) == b"\1"
        name = self.take()
        if type(name) is not str:
            raise WireError("a handle without a name")
        return self.handle(number, name, is_callable)

    def take_fraction(self):
        numerator, denominator = self.ints(2)
        return fractions.Fraction(numerator, denominator)

    def take_items(self):
        return self.pairs().items()


READERS = {
    b"N": lambda d: None,
    b"T": lambda d: True,
    b"F": lambda d: False,
    b".": lambda d: ...,
    b"i": lambda d: int.from_bytes(d.bytes(d.length()), "little", signed=True),
    b"f": lambda d: DOUBLE.unpack(d.bytes(8))[0],
    b"c": lambda d: complex(DOUBLE.unpack(d.bytes(8))[0], DOUBLE.unpack(d.bytes(8))[0]),
    b"s": lambda d: str(d.bytes(d.length()), "utf-8", "surrogatepass"),
    b"b": lambda d: bytes(d.bytes(d.length())),
    b"y": lambda d: bytearray(d.bytes(d.length())),
    b"l": lambda d: d.many(),
    b"t": lambda d: tuple(d.many()),
    b"e": lambda d: set(d.many()),
    b"z": lambda d: frozenset(d.many()),
    b"C": lambda d: collections.Counter(d.pairs()),
    b"O": lambda d: collections.OrderedDict(d.pairs()),
    b"d": lambda d: d.pairs(),
    b"q": lambda d: collections.deque(d.many()),
    b"r": lambda d: range(*d.ints(3)),
    b"k": lambda d: dict.fromkeys(d.many()).keys(),
    b"K": Decoder.take_items,
    b"m": lambda d: decimal.Decimal(str(d.bytes(d.length()), "ascii")),
    b"R": Decoder.take_fraction,
    b"W": lambda d: datetime.datetime(*d.ints(7)),
    b"a": lambda d: datetime.date(*d.ints(3)),
    b"u": lambda d: datetime.time(*d.ints(4)),
    b"w": lambda d: datetime.timedelta(*d.ints(3)),
    b"Y": lambda d: TYPES[str(d.bytes(d.length()), "ascii")],
    b"H": Decoder.take_handle,
}
