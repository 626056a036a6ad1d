# SPDX-License-Identifier: MIT
"""Alerts and dashboard of deploy/: Prometheus' own promtool takes them, and rtserve has every metric that they name."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from proxy_support import DEPLOY, deployed
from redis_support import Instance, Redis
from support import free_port

RULES = os.path.join(DEPLOY, "prometheus", "rtserve.rules.yml")
RULES_TEST = os.path.join(DEPLOY, "prometheus", "rtserve.test.yml")
VALUES = {"$instance": ".*", "$__rate_interval": "5m", "$__interval": "5m"}


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=60)


def expressions(dashboard):
    """All that it asks Prometheus for, with values in place of its variables."""
    found = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    found += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    for variable, value in VALUES.items():
        found = [expression.replace(variable, value) for expression in found]
    return found


class MonitoringTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What only a key set from a URL and a shared store have is there, too.
        with Redis() as redis, Instance(redis, "--jwks-url", f"http://127.0.0.1:{free_port()}/") as server:
            cls.metrics = server.admin_request("/metrics").body.decode()
        cls.dashboard = json.loads(deployed("grafana/rtserve.json"))

    def check_names(self, text):
        names = set(re.findall(r"\b(?:rtserve|process)_\w+", text))
        self.assertGreater(len(names), 5)
        for name in names:
            self.assertRegex(self.metrics, rf"(?m)^{name}[ {{]")
        for name, label, value in re.findall(r'\b(rtserve_\w+){(\w+)="(\w+)"}', text):
            self.assertRegex(self.metrics, rf'(?m)^{name}{{[^}}]*{label}="{value}"')

    def test_each_metric_of_an_alert_is_one_of_rtserve(self):
        self.check_names(deployed("prometheus/rtserve.rules.yml"))

    def test_each_metric_of_the_dashboard_is_one_of_rtserve(self):
        self.check_names("\n".join(expressions(self.dashboard)))

    def test_the_dashboard_lets_its_reader_choose_the_data_source(self):
        variables = {v["name"]: v for v in self.dashboard["templating"]["list"]}
        self.assertEqual([variables["datasource"][key] for key in ("type", "query")], ["datasource", "prometheus"])
        asked = re.findall(r'"uid": ?"([^"]*)"', json.dumps({**self.dashboard, "uid": None}))
        self.assertEqual(set(asked), {"${datasource}"})
        places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in self.dashboard["panels"]]
        self.assertEqual(len(places), len(set(places)))

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_prometheus_takes_the_alerts_which_fire_for_what_they_are_about(self):
        for arguments in (["check", "rules", RULES], ["test", "rules", RULES_TEST]):
            done = promtool(*arguments)
            self.assertEqual(done.returncode, 0, done)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_prometheus_understands_what_the_dashboard_asks(self):
        rules = [{"record": f"asked:{n}", "expr": asked} for n, asked in enumerate(expressions(self.dashboard))]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)  # JSON is YAML
            file.flush()
            done = promtool("check", "rules", file.name)
        self.assertEqual(done.returncode, 0, done)


if __name__ == "__main__":
    unittest.main()
