import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules", "tools", "bench/*.mjs", "e2e-results", "src/api/generated"] },
  ...ts.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } } },
  hooks.configs.flat["recommended-latest"],
  a11y.flatConfigs.strict,
  {
    rules: {
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Parts that scroll must be reachable by keyboard, and lists take keys for their rows.
      "jsx-a11y/no-noninteractive-tabindex": [
        "error",
        { tags: ["pre"], roles: ["tabpanel", "region", "log", "table"], allowExpressionValues: true },
      ],
      "jsx-a11y/no-noninteractive-element-interactions": "off",
      // Said of every use of the virtual lists, which are drawn anew with their page anyway.
      "react-hooks/incompatible-library": "off",
      // Router and query hooks hand typed promises to event handlers on purpose.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["**/*.test.ts", "**/*.test.tsx"], rules: { "@typescript-eslint/no-misused-spread": "off" } },
  // Playwright hands its fixtures to a function called use, which is no hook.
  { files: ["e2e/**", "screenshots/**", "bench/**"], rules: { "react-hooks/rules-of-hooks": "off" } },
  { files: ["eslint.config.js"], ...ts.configs.disableTypeChecked },
);
