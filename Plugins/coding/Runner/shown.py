# Values as short texts for people: never longer than asked, whatever the value.
import reprlib

MOST = 400

short = reprlib.Repr()
short.maxlevel = 6
short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdeque = short.maxdict = 60
short.maxstring = short.maxlong = MOST
short.maxother = MOST


def shown(value):
    """The value as Python writes it, cut."""
    try:
        return cut(short.repr(value), MOST)
    except ValueError:
        return f"a whole number of {value.bit_length()} bits" if type(value) is int else f"a {type(value).__name__}"
    except RecursionError:
        return f"a deep {type(value).__name__}"


def cut(text, most):
    """The text, or its beginning and a sign that there is more."""
    return text if len(text) <= most else text[:most - 1] + "…"
