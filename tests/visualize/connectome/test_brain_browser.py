"""The page in three dimensions draws in a browser under its own content policy."""

from pyg_siamex.visualize import view_connectomes


def test_both_brains_are_drawn_and_nothing_is_refused(launched, brains, tmp_path):
    view_connectomes(brains, tmp_path / "brains.html")
    wrong = []
    browser = launched("--use-gl=swiftshader", "--enable-unsafe-swiftshader")
    page = browser.new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url))
    page.goto((tmp_path / "brains.html").as_uri())
    for frame in page.frames[1:]:
        frame.wait_for_selector("#connectome-plot canvas", state="attached", timeout=60_000)
    frames = len(page.frames) - 1
    browser.close()
    # A drawing library sets a style of its own, which is refused and not missed.
    refused = [line for line in wrong if "script" in line.lower() or "defined" in line]
    asked = [line for line in wrong if line.startswith("http")]
    assert frames == 2 and refused == [] and asked == []


def test_the_policy_knows_each_script_by_its_digest(brains, tmp_path):
    view_connectomes(brains, tmp_path / "brains.html")
    text = (tmp_path / "brains.html").read_text()
    policy = text.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "unsafe-inline" not in policy and "base-uri 'none'; form-action 'none'" in policy
    assert policy.count("sha256-") > 5 and ' style="' not in text.split("srcdoc")[0]
    frames = text.split("<iframe")[1:]
    assert all('sandbox="allow-scripts"' in frame for frame in frames)
