"""The tour of one minute: what to look at, in order. Data; the page draws it."""

TOUR = [
    {
        "at": ".as-startblock",
        "title": "Start with a story",
        "says": "Choose an organisation and what it does about its social network. “Launch only” is one to save: "
        "it booms, then dies.",
    },
    {
        "at": ".as-group",
        "title": "Change a practice",
        "says": "Ten practices, from 0 to 100 %. “What is this” tells what each means and on what evidence it rests; "
        "“When” gives it a beginning and an end.",
    },
    {
        "at": ".as-verdict",
        "title": "Read the verdict",
        "says": "The same organisation lives through 32 futures, each with its own luck. A filled square is one in which "
        "people still speak up three months after launch support has ended.",
    },
    {
        "at": ".as-chartcard",
        "title": "See the course, and how sure it is",
        "says": "The line is the median future, the shades hold half and 95 % of them; the dotted line is critical mass. "
        "Once you move something, a grey line shows where you began, with the same people and the same luck.",
    },
    {
        "at": ".as-reality",
        "title": "Hold it against reality",
        "says": "Simulated shares beside those measured in real networks. Use the page to compare policies, "
        "not as a forecast.",
    },
    {
        "at": ".as-tabs",
        "title": "Ask why, and watch",
        "says": "Compare holds saved scenarios side by side. Why says what each practice adds and where this network tips. "
        "Watch shows one future day by day; click a person for their story.",
    },
    {
        "at": ".as-tools",
        "title": "Keep and share",
        "says": "Undo anything, save a scenario to compare it later, or share a link that opens this very page. "
        "Everything stays on this machine.",
    },
]
