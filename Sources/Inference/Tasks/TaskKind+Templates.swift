/// The built-in templates. Each says in which JSON it wants its answer, which `TaskReply` and the client read.
extension TaskKind {
    var builtInTemplate: String {
        switch self {
        case .title: Self.titleTemplate
        case .tags: Self.tagsTemplate
        case .followUps: Self.followUpsTemplate
        case .imagePrompt: Self.imagePromptTemplate
        case .queries: Self.queriesTemplate
        case .autocompletion: Self.autocompletionTemplate
        case .emoji: Self.emojiTemplate
        case .mergedAnswer: Self.mergedAnswerTemplate
        }
    }

    private static let titleTemplate = """
        Find a title for the conversation below: three to five words that say what it is about, so that its owner finds it again in a long list. \
        One emoji that suits the subject may come first. Use the language of the conversation, or English where it mixes several, and plain \
        words without quotation marks or formatting.

        Answer with one JSON object and nothing else, no sentence and no code fence around it:
        {"title": "…"}

        Good titles are {"title": "🥖 Baking Sourdough Bread"} or {"title": "Planning a Move Abroad"}.

        <conversation>
        {{MESSAGES:END:2}}
        </conversation>
        """

    private static let tagsTemplate = """
        Sort the conversation below under one to three wide subjects (such as Science, Technology, Health, Travel, Law, Cooking) and, where \
        it is clearly about something narrower, under up to three of those as well. Where there is too little to go by, or too many \
        subjects, General is the only tag. Use the language of the conversation, or English where it mixes several. Rather leave a tag out \
        than guess.

        Answer with one JSON object and nothing else:
        {"tags": ["…", "…"]}

        <conversation>
        {{MESSAGES:END:6}}
        </conversation>
        """

    private static let followUpsTemplate = """
        Think of three to five things that the user may want to say next in the conversation below. Each is a short question or request to \
        the assistant, in the user's own voice. It leads further on the same subject and asks for nothing that was answered already; where \
        there is little to go by, it may be general. Use the language of the conversation, or English where it mixes several.

        Answer with one JSON object and nothing else:
        {"follow_ups": ["…?", "…?", "…?"]}

        <conversation>
        {{MESSAGES:END:6}}
        </conversation>
        """

    private static let imagePromptTemplate = """
        Write the description from which an image generator will draw the picture that the conversation below asks for. Tell it what is to \
        be seen as to somebody who can not see it: the subject, its surroundings, shapes, colours, light and style. Keep to what was asked \
        for and to what matters most. Use the language of the conversation, or English where it mixes several.

        Answer with one JSON object and nothing else:
        {"prompt": "…"}

        <conversation>
        {{MESSAGES:END:6}}
        </conversation>
        """

    private static let queriesTemplate = """
        Today is {{CURRENT_DATE}}. Decide what should be looked up before the last question of the conversation below is answered, and write \
        one to three search queries for it: short, each about something different, wide enough to find something, and in the language of \
        the conversation. When in doubt, search. Only where nothing that could be found would be of any use is the list empty.

        Answer with one JSON object and nothing else:
        {"queries": ["…", "…"]}

        <conversation>
        {{MESSAGES:END:6}}
        </conversation>
        """

    private static let autocompletionTemplate = """
        Somebody is typing, and you write how the text goes on. Begin exactly where <text> stops, in its language and its manner, and keep it \
        short. Repeat nothing of it, do not answer it, and do not explain. <type> says what is being typed: for a search query, continue it \
        as people search; in general, end the thought. The conversation so far may help. Where no continuation suggests itself, the text is empty.

        Answer with one JSON object and nothing else:
        {"text": "…"}

        For <text>The train leaves at</text> that may be {"text": "half past eight from platform 4."}.

        <conversation>
        {{MESSAGES:END:6}}
        </conversation>
        <type>{{TYPE}}</type>
        <text>{{PROMPT}}</text>
        """

    private static let emojiTemplate = """
        Which face does somebody make who says this? Answer with the one emoji that shows it best, and with nothing else.

        <message>
        {{prompt}}
        </message>
        """

    private static let mergedAnswerTemplate = """
        Several assistants were asked the following:
        "{{prompt}}"

        Their answers stand below. Any of them may be wrong or one-sided, so weigh them against each other. Then write the one answer that the \
        question deserves: correct, complete, in good order, and in your own words. Do not mention that there were others.

        {{responses}}
        """
}
