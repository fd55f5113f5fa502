# What a program leaves in the file system, removed when none of its processes is alive: nothing can change under the
# removal then, and links are never followed.
import os

MOST_FILES = 200
MOST_DEPTH = 12


def remove(base):
    """Empties the folder of programs; returns a reason when more is there than a program should leave."""
    try:
        # The folder is the program's too, which may have shut it.
        os.chmod(base, 0o700)
        try:
            os.rmdir(os.path.join(base, "program"))
        except OSError:
            pass
        if not os.listdir(base):
            return None
        count = 0
        for place, folders, files in os.walk(base):
            count += len(folders) + len(files)
            if count > MOST_FILES or place[len(base):].count("/") > MOST_DEPTH:
                return "the program left more files than are removed one by one"
            for name in folders:
                path = os.path.join(place, name)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        # Here and not above: it loads libraries that each process forked here would carry.
        import shutil

        for entry in os.scandir(base):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
    except (OSError, RecursionError) as error:
        return f"files of the program could not be removed: {type(error).__name__}"
    return None
