/// Defaults that are too long for the table.
package enum SettingText {
    static let promptSuggestions: [JSONValue] = [
        suggestion(
            "Plan a weekend",
            "in a city I do not know",
            "Plan a weekend for two in a city of your choice, without a car."
        ),
        suggestion(
            "Explain a concept",
            "as if I were twelve",
            "Explain how vaccines work, as you would to a curious twelve-year-old."
        ),
        suggestion(
            "Improve my writing",
            "and tell me why",
            "I will send you a paragraph. Improve it, and explain each change."
        ),
        suggestion(
            "Write a script",
            "that tidies up a folder",
            "Write a script that sorts the files of a folder by year and month."
        ),
        suggestion(
            "Quiz me",
            "on world geography",
            "Ask me ten questions on world geography, one after the other, and keep the score."
        ),
        suggestion(
            "Find the flaw",
            "in an argument",
            "I will describe a plan. Ask me questions until you have found its weakest point."
        ),
    ]

    /// The placeholders are what retrieval fills in; the ids are what the client turns into links.
    package static let retrievalTemplate = """
        Answer the question below with the help of the sources in <context>.

        - Each <source> may have an id. After every statement that rests on a source with an id, write that id in square brackets, such as \
        [1] or [2]. Cite nothing else.
        - When the sources do not contain the answer, say so before you answer from what you know. When you do not know either, say that.
        - When the sources can not be read or contradict each other, say so.
        - Answer in the language of the question, and repeat no tags.

        <context>
        {{CONTEXT}}
        </context>

        <question>
        {{QUERY}}
        </question>
        """

    /// Text to image with one checkpoint, in ComfyUI's API format.
    static let comfyUIWorkflow = """
        {
          "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "model.safetensors"}},
          "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
          "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
          "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
          "5": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0],
            "latent_image": ["4", 0], "seed": 0, "steps": 20, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}},
          "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
          "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "swiftlet"}}
        }
        """

    private static func suggestion(_ title: String, _ subtitle: String, _ content: String) -> JSONValue {
        ["title": [.string(title), .string(subtitle)], "content": .string(content)]
    }
}
