/// Running code that models write.
extension Setting {
    package static let enableCodeExecution = SettingKey<Bool>(
        "ENABLE_CODE_EXECUTION",
        stored: "code_execution.enable",
        default: true,
        "Whether code in answers can be run."
    )
    package static let codeExecutionEngine = SettingKey<String>(
        "CODE_EXECUTION_ENGINE",
        stored: "code_execution.engine",
        default: "pyodide",
        "Where code in answers runs: pyodide, in the browser, or jupyter."
    )
    package static let codeExecutionJupyterURL = SettingKey<String>(
        "CODE_EXECUTION_JUPYTER_URL",
        stored: "code_execution.jupyter.url",
        default: "",
        "Address of the Jupyter server."
    )
    package static let codeExecutionJupyterAuth = SettingKey<String>(
        "CODE_EXECUTION_JUPYTER_AUTH",
        stored: "code_execution.jupyter.auth",
        default: "",
        "How we sign in to Jupyter: empty, token or password."
    )
    package static let codeExecutionJupyterAuthToken = SettingKey<String>(
        "CODE_EXECUTION_JUPYTER_AUTH_TOKEN",
        stored: "code_execution.jupyter.auth_token",
        default: "",
        secret: true,
        "Token for Jupyter."
    )
    package static let codeExecutionJupyterAuthPassword = SettingKey<String>(
        "CODE_EXECUTION_JUPYTER_AUTH_PASSWORD",
        stored: "code_execution.jupyter.auth_password",
        default: "",
        secret: true,
        "Password for Jupyter."
    )
    package static let codeExecutionJupyterTimeout = SettingKey<Int>(
        "CODE_EXECUTION_JUPYTER_TIMEOUT",
        stored: "code_execution.jupyter.timeout",
        default: 60,
        "Seconds that code may run in Jupyter."
    )
    package static let enableCodeInterpreter = SettingKey<Bool>(
        "ENABLE_CODE_INTERPRETER",
        stored: "code_interpreter.enable",
        default: true,
        "Whether models may run code while they answer."
    )
    package static let codeInterpreterEngine = SettingKey<String>(
        "CODE_INTERPRETER_ENGINE",
        stored: "code_interpreter.engine",
        default: "pyodide",
        "Where models run code: pyodide, in the browser, or jupyter."
    )
    package static let codeInterpreterPromptTemplate = SettingKey<String>(
        "CODE_INTERPRETER_PROMPT_TEMPLATE",
        stored: "code_interpreter.prompt_template",
        default: "",
        "Prompt that tells models how to run code; empty for the usual one."
    )
    package static let codeInterpreterJupyterURL = SettingKey<String>(
        "CODE_INTERPRETER_JUPYTER_URL",
        stored: "code_interpreter.jupyter.url",
        default: "",
        inherits: "CODE_EXECUTION_JUPYTER_URL",
        "Address of the Jupyter server for models."
    )
    package static let codeInterpreterJupyterAuth = SettingKey<String>(
        "CODE_INTERPRETER_JUPYTER_AUTH",
        stored: "code_interpreter.jupyter.auth",
        default: "",
        inherits: "CODE_EXECUTION_JUPYTER_AUTH",
        "How models sign in to Jupyter: empty, token or password."
    )
    package static let codeInterpreterJupyterAuthToken = SettingKey<String>(
        "CODE_INTERPRETER_JUPYTER_AUTH_TOKEN",
        stored: "code_interpreter.jupyter.auth_token",
        default: "",
        secret: true,
        inherits: "CODE_EXECUTION_JUPYTER_AUTH_TOKEN",
        "Token for the Jupyter server for models."
    )
    package static let codeInterpreterJupyterAuthPassword = SettingKey<String>(
        "CODE_INTERPRETER_JUPYTER_AUTH_PASSWORD",
        stored: "code_interpreter.jupyter.auth_password",
        default: "",
        secret: true,
        inherits: "CODE_EXECUTION_JUPYTER_AUTH_PASSWORD",
        "Password for the Jupyter server for models."
    )
    package static let codeInterpreterJupyterTimeout = SettingKey<Int>(
        "CODE_INTERPRETER_JUPYTER_TIMEOUT",
        stored: "code_interpreter.jupyter.timeout",
        default: 60,
        inherits: "CODE_EXECUTION_JUPYTER_TIMEOUT",
        "Seconds that a model's code may run."
    )
    package static let codeInterpreterBlockedModules = SettingKey<[String]>(
        "CODE_INTERPRETER_BLOCKED_MODULES",
        default: [],
        "Python modules that a model's code may not import."
    )

    package static let code: [any AnySettingKey] = [
        enableCodeExecution, codeExecutionEngine, codeExecutionJupyterURL, codeExecutionJupyterAuth,
        codeExecutionJupyterAuthToken, codeExecutionJupyterAuthPassword, codeExecutionJupyterTimeout,
        enableCodeInterpreter, codeInterpreterEngine, codeInterpreterPromptTemplate, codeInterpreterJupyterURL,
        codeInterpreterJupyterAuth, codeInterpreterJupyterAuthToken, codeInterpreterJupyterAuthPassword,
        codeInterpreterJupyterTimeout, codeInterpreterBlockedModules,
    ]
}
