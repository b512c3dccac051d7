// The same call, for a shell and for Python.

const LANGUAGES = [
  (url, body) => {
    // Within single quotes a shell reads everything as it stands, but for the quote itself.
    const quote = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
    return [`curl ${quote(url)} \\`, `  -H "x-api-key: $NEURALWORKS_KEY" -H 'content-type: application/json' \\`, `  -d ${quote(JSON.stringify(body, null, 2))}`];
  },
  (url, body) => [
    "import json, os, urllib.request",
    "",
    // A JSON string is a Python string too.
    "instance = {", ...Object.entries(body).filter(([, value]) => value !== undefined).map(([name, value]) => `    ${JSON.stringify(name)}: ${value === null ? "None" : JSON.stringify(value)},`), "}",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    "    json.dumps(instance).encode(),",
    '    {"x-api-key": os.environ["NEURALWORKS_KEY"], "content-type": "application/json"},',
    ")",
    "with urllib.request.urlopen(request) as response:",
    "    print(json.load(response))",
  ],
];

function showCode() {
  $("code").textContent = LANGUAGES[language](location.origin + address(cut === null ? "" : "?threshold=" + cut), read()).join("\n");
  $("copied").textContent = "";
}

async function copy() {
  let said = "Copied.";
  try {
    await navigator.clipboard.writeText($("code").textContent);
  } catch {
    // No clipboard without HTTPS or permission.
    getSelection().selectAllChildren($("code"));
    said = "Selected: press Ctrl+C.";
  }
  $("copied").textContent = said;
}
