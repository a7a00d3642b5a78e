import java.io.File;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Judges many PDF files by many standards in one Java machine, whose start costs more than a file.
 *
 * <p>Arguments: the standards, comma-separated, by veraPDF's names (ua1,2a), then the files. One
 * line a file and standard, with tabs between: file, standard, pass or fail, number of checks, and
 * each broken rule as clause-number: message. What cannot be judged ends the program with a trace.
 */
public final class Validate {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : arguments[0].split(",")) {
            PDFAFlavour standard = PDFAFlavour.fromString(name);
            for (int i = 1; i < arguments.length; i++) {
                System.out.println(arguments[i] + "\t" + name + "\t" + judge(arguments[i], standard));
            }
        }
    }

    private static String judge(String file, PDFAFlavour standard) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), standard);
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(standard, false)) {
            ValidationResult result = validator.validate(parser);
            String verdict = result.isCompliant() ? "pass" : "fail";
            return verdict + "\t" + result.getTotalAssertions() + "\t" + broken(result);
        }
    }

    private static String broken(ValidationResult result) {
        TreeMap<String, String> rules = new TreeMap<>();
        for (TestAssertion check : result.getTestAssertions()) {
            if (check.getStatus() == TestAssertion.Status.FAILED) {
                String rule = check.getRuleId().getClause() + "-" + check.getRuleId().getTestNumber();
                String message = String.valueOf(check.getMessage()).replaceAll("\\s+", " ");
                rules.put(rule, message);
            }
        }
        return rules.entrySet().stream()
                .map(rule -> rule.getKey() + ": " + rule.getValue())
                .collect(Collectors.joining("; "));
    }
}
