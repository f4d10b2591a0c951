import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules", "tools", "e2e-results", "src/api/generated"] },
  ...ts.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } } },
  hooks.configs.flat["recommended-latest"],
  a11y.flatConfigs.strict,
  {
    rules: {
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Router and query hooks hand typed promises to event handlers on purpose.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["**/*.test.ts", "**/*.test.tsx"], rules: { "@typescript-eslint/no-misused-spread": "off" } },
  // Playwright hands its fixtures to a function called use, which is no hook.
  { files: ["e2e/**"], rules: { "react-hooks/rules-of-hooks": "off" } },
  { files: ["eslint.config.js"], ...ts.configs.disableTypeChecked },
);
