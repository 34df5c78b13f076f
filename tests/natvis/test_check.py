"""oxdb natvis check: errors with their lines and entries, exit codes."""
import os
import subprocess

OXDB = os.environ["OXDB"]
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<AutoVisualizer xmlns="http://schemas.microsoft.com/vstudio/debugger/natvis/2010">\n'
TAIL = "</AutoVisualizer>\n"


def check(*args):
    return subprocess.run([OXDB, "natvis", *map(str, args)], capture_output=True, text=True, timeout=60)


def write(folder, name, types):
    path = folder / name
    path.write_text(HEAD + types + TAIL)
    return path


def test_good(tmp_path):
    path = write(tmp_path, "good.natvis", '<Type Name="a::B&lt;*&gt;"><DisplayString>{len,d}</DisplayString></Type>\n')
    done = check("check", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{path}: 1 type can be used, no errors\n"


def test_bad(tmp_path):
    path = write(tmp_path, "bad.natvis", """<UIVisualizer ServiceId="x" Id="1"/>
<Type Name="a"><DisplayString>
  {len +}
</DisplayString></Type>
<Type Name="b">
  <Expand><Item Name="x" Colour="red">y</Item></Expand>
</Type>
<Type Name="c"/>
""")
    done = check("check", path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{path}:3: note: UIVisualizer is passed over: it is for Visual Studio",
        f"{path}:5: Type a, DisplayString: the text `len +`, at 6: it ends where an operand is missing",
        f"{path}:8: Type b, Item x: it takes no attribute Colour",
        f"{path}: 1 type can be used, 2 errors",
    ]


def test_several(tmp_path):
    good = write(tmp_path, "good.natvis", "")
    bad = write(tmp_path, "bad.natvis", "<Tpye/>")
    assert check("check", good, bad).returncode == 1
    missing = check("check", bad, tmp_path / "none", good)
    assert missing.returncode == 2
    assert missing.stderr == f"oxdb: {tmp_path}/none: No such file or directory\n"
    assert f"{good}: 0 types can be used, no errors\n" in missing.stdout


def test_hostile(tmp_path):
    """A file that is too large, and one whose entities would be gigabytes, end with what the limit is."""
    large = tmp_path / "large.natvis"
    with open(large, "wb") as file:
        file.truncate(100 << 20)
    done = check("check", large)
    assert done.returncode == 2
    assert done.stderr == f"oxdb: {large}: longer than the limit of 16777216 bytes\n"
    laughs = tmp_path / "laughs.natvis"
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    laughs.write_text(f"<!DOCTYPE a [{entities}]><AutoVisualizer>&l9;</AutoVisualizer>")
    done = check("check", laughs)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"{laughs}:1: a DOCTYPE is not read"


def test_control_characters(tmp_path):
    path = write(tmp_path, "bad.natvis", '<Type Name="a&#x9b;31m"><DisplayString>{+}</DisplayString></Type>\n')
    assert "\x9b" not in check("check", path).stdout


def test_usage():
    for args, message in [([], "natvis takes a word: check"), (["look"], "natvis has no look; it has check"),
                          (["check"], "natvis check takes files")]:
        done = check(*args)
        assert done.returncode == 2
        assert done.stderr == f"oxdb: {message}\nusage: oxdb natvis check FILE…\n"
    assert check("--help").stdout.startswith("usage: oxdb natvis check FILE…\n")
