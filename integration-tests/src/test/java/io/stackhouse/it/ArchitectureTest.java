package io.stackhouse.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;

/** The rules of the architecture that a compiler can't hold. */
@AnalyzeClasses(packages = "io.stackhouse", importOptions = ArchitectureTest.ProductionCode.class)
class ArchitectureTest {
    /** Leaves out tests, also those that come as a jar from another module. */
    static final class ProductionCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar") && !location.contains("/test-classes/");
        }
    }

    private static final String RECEIVER = "io.stackhouse.receiver..";
    private static final String PROCESSOR = "io.stackhouse.processor..";
    private static final String EXPORTER = "io.stackhouse.exporter..";
    private static final String COLLECTOR = "io.stackhouse.collector..";
    private static final String AGENT = "io.stackhouse.agent..";
    private static final String CLI = "io.stackhouse.cli..";
    private static final String EMBEDDED = "io.stackhouse.clickhouse..";
    private static final String THREAD_CONTEXT = "io.stackhouse.threadcontext..";

    @ArchTest
    static final ArchRule PIPELINE_KNOWS_NO_COMPONENT = noClasses()
            .that()
            .resideInAPackage("io.stackhouse.pipeline..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RECEIVER, PROCESSOR, EXPORTER, COLLECTOR, AGENT, CLI, EMBEDDED);

    @ArchTest
    static final ArchRule RECEIVERS_KNOW_ONLY_THE_PIPELINE = noClasses()
            .that()
            .resideInAPackage(RECEIVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROCESSOR, EXPORTER, COLLECTOR, AGENT, CLI, EMBEDDED);

    @ArchTest
    static final ArchRule PROCESSORS_KNOW_ONLY_THE_PIPELINE = noClasses()
            .that()
            .resideInAPackage(PROCESSOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RECEIVER, EXPORTER, COLLECTOR, AGENT, CLI, EMBEDDED);

    @ArchTest
    static final ArchRule EXPORTERS_KNOW_ONLY_THE_PIPELINE = noClasses()
            .that()
            .resideInAPackage(EXPORTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RECEIVER, PROCESSOR, COLLECTOR, AGENT, CLI, EMBEDDED);

    @ArchTest
    static final ArchRule THE_AGENT_USES_THE_WIRE_FORMAT_ALONE = noClasses()
            .that()
            .resideInAPackage(AGENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    RECEIVER,
                    PROCESSOR,
                    EXPORTER,
                    COLLECTOR,
                    CLI,
                    EMBEDDED,
                    "io.stackhouse.pipeline",
                    "io.stackhouse.pipeline.batch..",
                    "io.stackhouse.pipeline.log..",
                    "io.stackhouse.pipeline.ring..",
                    "io.stackhouse.pipeline.identity..");

    @ArchTest
    static final ArchRule ONLY_OTLP_SEES_THE_MESSAGES_OF_PROFILES = noClasses()
            .that()
            .resideOutsideOfPackage("io.stackhouse.pipeline.otlp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry.proto.profiles..", "io.opentelemetry.proto.collector.profiles..");

    @ArchTest
    static final ArchRule NATIVE_CALLS_STAY_IN_THEIR_ROOMS = noClasses()
            .that()
            .resideOutsideOfPackages("io.stackhouse.agent.libbpf..", EMBEDDED)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule REFLECTION_STAYS_IN_THE_CONFIGURATION = noClasses()
            .that()
            .resideOutsideOfPackage("io.stackhouse.collector.yaml..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..");

    @ArchTest
    static final ArchRule NO_UNSAFE =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName("sun.misc.Unsafe");

    @ArchTest
    static final ArchRule THE_THREAD_CONTEXT_NEEDS_NOTHING_BUT_OPENTELEMETRY = classes()
            .that()
            .resideInAPackage(THREAD_CONTEXT)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    THREAD_CONTEXT,
                    "java..",
                    "org.jspecify..",
                    "io.opentelemetry.api..",
                    "io.opentelemetry.context..",
                    "io.opentelemetry.sdk..",
                    "io.opentelemetry.instrumentation.api..")
            .because("it runs in other people's applications")
            .allowEmptyShould(true);

    /** The thread context logs as OpenTelemetry's API does, whose logger every application that has it can be told about. */
    @ArchTest
    static final ArchRule NO_JAVA_UTIL_LOGGING =
            noClasses().that().resideOutsideOfPackage(THREAD_CONTEXT).should(GeneralCodingRules.USE_JAVA_UTIL_LOGGING);

    @ArchTest
    static final ArchRule NO_MUTABLE_STATICS = noFields()
            .that()
            .areStatic()
            .and()
            .areNotFinal()
            .should()
            .beDeclaredInClassesThat()
            .resideInAPackage("io.stackhouse..")
            .because("static mutable state has no owner")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NAMES_SAY_A_ROLE = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Impl");

    @ArchTest
    static final ArchRule CONFIGURATIONS_ARE_RECORDS = classes()
            .that()
            .haveSimpleNameEndingWith("Config")
            .and()
            .areNotInterfaces()
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule ONLY_MAINS_END_THE_PROCESS = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);
}
