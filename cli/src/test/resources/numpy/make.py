"""Writes the arrays beside this file. They are what NumPy itself writes; NpyFileTest reads them."""

import pathlib

import numpy as np

folder = pathlib.Path(__file__).parent


def save(name, array, version=None):
    with open(folder / (name + ".npy"), "wb") as file:
        np.lib.format.write_array(file, np.asanyarray(array), version=version)


count = np.arange(6).reshape(2, 3)
save("bool", count % 2 == 1)
for name in ["int8", "int16", "int32", "int64"]:
    low, high = np.iinfo(name).min, np.iinfo(name).max
    save(name, np.array([[low, -1, 0], [1, 2, high]], name))
for name in ["uint8", "uint16", "uint32", "uint64"]:
    save(name, np.array([[0, 1, 2], [3, 4, np.iinfo(name).max]], name))
for name in ["float16", "float32", "float64"]:
    save(name, np.array([[0.5, -1.25, np.nan], [np.inf, -np.inf, -0.0]], name))
for name in ["complex64", "complex128"]:
    save(name, np.array([1 + 2j, -0.5j], name))
save("text", np.array(["a", "größer", "\U0001f600!"]))
save("bytes", np.array([b"a", b"abc"]))

save("scalar", np.float32(2.5))
save("empty", np.zeros((0, 3), np.float32))
save("rank4", np.arange(24, dtype=np.int32).reshape(2, 3, 4, 1))
save("fortran", np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)))
save("bigendian", count.astype(">f8"))
save("bigendian-complex", np.array([1 + 2j, -0.5j], ">c8"))
save("bigendian-text", np.array(["a", "größer"]).astype(">U6"))
save("version2", count.astype(np.float32), (2, 0))
save("version3", count.astype(np.float32), (3, 0))

save("structured", np.zeros(2, [("x", "f4"), ("y", "i4")]))
save("objects", np.array([None, 1]))
save("longdouble", count.astype(np.longdouble))

np.savez(folder / "two.npz", x=count.astype(np.float32), label=np.array([3], np.int64))
np.savez_compressed(folder / "compressed.npz", x=count.astype(np.float32))
