# SPDX-License-Identifier: MIT
"""What debian/ says holds: the unit, the configuration file, and that each installed file is in one package.

RT_BUILD names the build folder, RT_VERSION the version that CMake knows. install_in.sh tries the packages themselves.
"""
import fnmatch
import glob
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("RT_BUILD", "")
EXPOSURE_MAX = 12  # of 100


def text_of(name):
    with open(os.path.join(ROOT, name)) as f:
        return f.read()


def lines_of(name):
    return [line for line in text_of(name).splitlines() if line and not line.startswith("#")]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


class PackagingTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="rtserve-test-"))

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, mode), "w") as f:
            f.write(text)
        return path

    def test_the_packages_have_the_programs_version(self):
        self.assertRegex(text_of("debian/changelog"), rf"^rtserve \({re.escape(os.environ['RT_VERSION'])}-\d+\) ")

    def test_each_installed_file_is_in_one_package(self):
        done = run("cmake", "--install", BUILD, "--prefix", "/usr", env={**os.environ, "DESTDIR": self.folder})
        self.assertEqual(done.returncode, 0, done)
        installed = [os.path.relpath(path, self.folder) for path in glob.glob(self.folder + "/**", recursive=True)
                     if os.path.isfile(path)]
        self.assertGreater(len(installed), 15)
        patterns = [(package, line.split()[0]) for package in ("rtserve", "rtserve-clients")
                    for line in lines_of(f"debian/{package}.install")]
        for path in installed:
            path = path.replace("zsh/site-functions", "zsh/vendor-completions")
            takers = [package for package, pattern in patterns if fnmatch.fnmatch(path, pattern)]
            self.assertEqual(len(takers), 1, path)

    def test_what_a_package_takes_from_the_tree_is_there(self):
        names = [name for package in ("rtserve", "rtserve-clients") for what in ("docs", "examples")
                 if os.path.exists(f"{ROOT}/debian/{package}.{what}") for name in lines_of(f"debian/{package}.{what}")]
        self.assertIn("deploy/nginx.conf", names)
        for name in [*names, "deploy/rtserve.toml"]:
            self.assertTrue(os.path.exists(os.path.join(ROOT, name)), name)

    def test_each_line_of_the_configuration_file_is_an_option(self):
        text = text_of("deploy/rtserve.toml")
        secret = self.write("secret", secrets.token_hex(32), 0o600)
        every_option = re.sub(r"^#(?=[a-z-]+ = )", "", text, flags=re.M)
        self.assertGreater(len(re.findall(r"^[a-z-]+ = ", every_option, re.M)), 10)
        every_option = re.sub(r"^tls-.*\n", "", every_option, flags=re.M)  # of files that are not there
        for config in (text, every_option):
            path = self.write("rtserve.toml", config.replace("/etc/rtserve/secret", secret))
            done = run(os.path.join(BUILD, "bin", "rtserve"), "check-config", "--config", path)
            self.assertEqual(done.returncode, 0, done)
            os.remove(path)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_the_unit_exposes_little(self):
        unit = os.path.join(ROOT, "debian", "rtserve.service")
        done = run("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
        self.assertEqual(done.returncode, 0, done)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_understands_the_units(self):
        service = text_of("debian/rtserve.service").replace("/usr/bin/rtserve", os.path.join(BUILD, "bin", "rtserve"))
        units = [self.write("rtserve.service", service), self.write("rtserve.socket", text_of("debian/rtserve.socket"))]
        done = run("systemd-analyze", "verify", "--man=no", *units)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)


if __name__ == "__main__":
    unittest.main()
