"""Sends every precheck of the contract through a client that a generator has made.

Usage: foreign_client.py KIND PACKAGE BASE_URL TOKEN CONTRACT

KIND is openapi-generator-cli or openapi-python-client; the package is searched for in the present
folder. A client of the package `contract` must read all answers and a refusal, a client of
`published` must fail on an answer. Prints what was seen; exits with 1 if it is something else.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import typing
import urllib.parse
import urllib.request

sys.path.insert(0, ".")
# A test value of the sandbox: refused with code 10022.
TAKEN = "unlikely@sandbox.example"


def submodules(package):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(module.name)


def model_among(hint):
    """The generated class in a type hint, whatever it is wrapped in."""
    if inspect.isclass(hint) and hasattr(hint, "from_dict"):
        return hint
    for part in typing.get_args(hint):
        if found := model_among(part):
            return found
    return None


def codes(entries, name):
    entries = getattr(entries, "actual_instance", entries)
    entries = entries if isinstance(entries, list) else [entries]
    return [getattr(entry, name) for entry in entries]


class OpenApiGenerator:
    def __init__(self, package, base_url, token):
        root = importlib.import_module(package)
        self.apis = [
            api
            for module in submodules(importlib.import_module(package + ".api"))
            for _, api in inspect.getmembers(module, inspect.isclass)
            if api.__module__ == module.__name__
        ]
        self.errors = importlib.import_module(package + ".exceptions")
        configuration = root.Configuration(host=base_url, access_token=token)
        # A file that names no security makes a client that sends no token by itself.
        self.client = root.ApiClient(configuration, "Authorization", "Bearer " + token)

    def ask(self, path, body):
        for api in self.apis:
            for name, method in inspect.getmembers(api, inspect.isfunction):
                serialize = getattr(api, "_" + name + "_serialize", None)
                if serialize is None or path + "'" not in inspect.getsource(serialize):
                    continue
                hints = typing.get_type_hints(method)
                hints.pop("return")
                argument, model = next((a, m) for a, h in hints.items() if (m := model_among(h)))
                try:
                    answer = getattr(api(self.client), name)(**{argument: model.from_dict(body)})
                except self.errors.ApiException as error:
                    return codes(error.data.errors, "error_code")
                return codes(answer.info, "info_code")
        raise LookupError("no method for " + path)


class OpenApiPythonClient:
    def __init__(self, package, base_url, token):
        root = importlib.import_module(package)
        self.modules = list(submodules(importlib.import_module(package + ".api")))
        self.client = root.AuthenticatedClient(base_url=base_url, token=token)

    def ask(self, path, body):
        for module in self.modules:
            if not hasattr(module, "_get_kwargs") or path + '"' not in inspect.getsource(module._get_kwargs):
                continue
            model = model_among(typing.get_type_hints(module.sync)["body"])
            answer = module.sync(client=self.client, body=model.from_dict(body))
            errors = getattr(answer, "errors", None)
            return codes(errors, "error_code") if errors else codes(answer.info, "info_code")
        raise LookupError("no function for " + path)


def log(base_url, method):
    """Asks for the sandbox's log of requests, or clears it."""
    url = urllib.parse.urljoin(base_url, "/__sandbox/requests")
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as response:
        return response.read()


def main():
    kind, package, base_url, token, contract = sys.argv[1:]
    with open(contract, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    operations = {path: next(iter(item.values())) for path, item in paths.items()}
    client = {"openapi-generator-cli": OpenApiGenerator, "openapi-python-client": OpenApiPythonClient}[kind]
    result = {}
    log(base_url, "DELETE")
    try:
        client = client(package, base_url, token)
        for path, operation in operations.items():
            content = operation["requestBody"]["content"]["application/json"]
            # The published file leaves out the version.
            path = path.removeprefix("/v1")
            try:
                result[path] = client.ask(path, content["example"])
            except LookupError:
                # Another published file has this operation.
                if package == "contract":
                    raise
                continue
            last, refused = path, dict(content["example"], email=TAKEN)
        result["refusal"] = client.ask(last, refused)
    except Exception as error:  # whatever a generated client may end in is a result
        text = " ".join(str(error).split())
        result["error"] = type(error).__name__ + ": " + text[:200]
    # What fails after a 200 fails in the client, and not before it has asked.
    result["answered"] = [request["status"] for request in json.loads(log(base_url, "GET"))]
    sys.exit(judge(package, result, [path.removeprefix("/v1") for path in operations]))


def judge(package, result, operations):
    asked = [result[path] for path in operations if path in result]
    works = bool(asked) and "error" not in result and all(codes == [100] for codes in asked)
    decodes = works and result.get("refusal") == [10022]
    if package == "contract" and decodes and len(asked) == len(operations) and result["answered"] == [200] * len(operations) + [400]:
        print(f"infoCode 100 from {len(operations)} operations, errorCode 10022 of a refusal")
        return 0
    if package == "published" and not works and 200 in result["answered"]:
        print("does not work, as expected: " + result.get("error", str(result))[:60] + " ...")
        return 0
    if package == "published" and works:
        print("works, so that the deviations want another look:")
    print(json.dumps(result))
    return 1


main()
