// libffi, for metric functions that are called by their declared signature.
#include <ffi.h>
